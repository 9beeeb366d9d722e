// finds allowed-functions:6
#include <stdio.h>

int	main(void)
{
	pri\
ntf("hello\n");
	return (0);
}
