// finds allowed-functions:12
#include <time.h>

static int	own(int time)
{
	return (time + 1);
}

int	main(void)
{
	int	index = 3;
	return (time(0) == own(index));
}
