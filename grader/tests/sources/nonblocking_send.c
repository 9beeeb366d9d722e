// finds nothing
#include <sys/socket.h>

int	main(void)
{
	return (send(99, "", 0, MSG_DONTWAIT | MSG_NOSIGNAL) == 0);
}
