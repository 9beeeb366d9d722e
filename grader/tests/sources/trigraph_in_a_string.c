// finds nothing
#include <unistd.h>

int	main(void)
{
	write(1, "what?\?=define", 14);
	return (0);
}
