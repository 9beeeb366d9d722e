// finds nothing
// with clang finds compiles:8
#include <unistd.h>

/* café */
int	main(void)
{
	write(1, "café", 4);
	return (0);
}
