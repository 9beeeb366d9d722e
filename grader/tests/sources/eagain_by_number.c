// finds no-look-at-eagain:6
#include <errno.h>

int	main(void)
{
	return (errno == 0x0b);
}
