// finds no-look-at-eagain:7
#include <errno.h>
#include <sys/socket.h>

int	main(void)
{
	if (recv(0, 0, 0, 0) < 0 && errno == EAGAIN)
		return (1);
	return (0);
}
