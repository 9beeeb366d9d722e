// finds allowed-functions:7
#include <stdio.h>

int	main(void)
{
	if (0)
		puts("never");
	return (0);
}
