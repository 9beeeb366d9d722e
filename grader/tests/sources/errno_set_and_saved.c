// finds nothing
#include <errno.h>
#include <unistd.h>

int	main(void)
{
	int	before = errno;

	errno = EWOULDBLOCK;
	errno = before;
	return (errno && close(99) == 0);
}
