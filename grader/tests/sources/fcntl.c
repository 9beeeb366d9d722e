// finds allowed-functions:5
#include <fcntl.h>
int	main(void)
{
	return (fcntl(0, F_SETFL, O_NONBLOCK) < 0);
}
