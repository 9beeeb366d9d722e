// finds nothing
#include <unistd.h>

int	main(void)
{
	write(1, "#define SIZE 10\n\
#define MORE 11\n", 32);
	return ('#' == 35);
}
