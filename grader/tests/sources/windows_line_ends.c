// finds no-define:3 allowed-functions:7
#include <stdio.h>
# define SIZE \
 10
int	main(void)
{
	printf("%d\n", SIZE);
	return (0);
}
