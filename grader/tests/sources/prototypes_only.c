// finds nothing
#include <stdio.h>
#include <fcntl.h>

int	printf(const char *format, ...);

int	main(void)
{
	return (0);
}
