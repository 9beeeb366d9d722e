// finds nothing
#include <unistd.h>

int	main(void)
{
	write(1, "/*", 2);
	write(1, "\n#define X\n*/", 13);
	return (0);
}
