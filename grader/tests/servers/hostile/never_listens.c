/* Starts, and never opens its port. */
#include <unistd.h>

int	main(void)
{
	while (1)
		pause();
}
