// finds nothing
#include <unistd.h>

/* printf("hello"); EAGAIN; fcntl(fd, F_SETFL, O_NONBLOCK) */
int	main(void)
{
	write(1, "printf(errno == EAGAIN)", 23);
	return (0); // perror("x");
}
