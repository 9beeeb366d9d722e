// finds allowed-functions:6
#include <stdio.h>

int	main(void)
{
	int	(*say)(const char *, ...) = printf;

	return (say("hello\n") < 0);
}
