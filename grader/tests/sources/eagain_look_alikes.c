// finds nothing
#include <errno.h>
#include <unistd.h>

int	main(void)
{
	/* NEVER check EAGAIN */
	errno = EAGAIN;
	errno = 0;
	if (close(99) < 0 && errno == EINTR)
		write(1, "EAGAIN", 6);
	return (errno != 0);
}
