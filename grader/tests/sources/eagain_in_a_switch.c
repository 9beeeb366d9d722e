// finds no-look-at-eagain:10 no-look-at-eagain:16
#include <errno.h>

int	main(void)
{
	switch (errno)
	{
		case EINTR:
			return (1);
		case EWOULDBLOCK:
			return (2);
		default:
			break ;
	}
	/* by its number */
	switch (errno)
	{
		case 11:
			return (3);
	}
	return (0);
}
