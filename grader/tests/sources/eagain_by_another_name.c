// finds no-define:4 no-look-at-eagain:4
#include <errno.h>

#define AGAIN EAGAIN

int	main(void)
{
	return (errno == AGAIN);
}
