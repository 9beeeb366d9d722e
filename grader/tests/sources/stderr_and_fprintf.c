// finds allowed-functions:5
#include <stdio.h>
int	main(void)
{
	fprintf(stderr, "hello\n");
	return (0);
}
