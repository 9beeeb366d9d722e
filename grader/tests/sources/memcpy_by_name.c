// finds allowed-functions:8
#include <string.h>

int	main(void)
{
	char	a[4];

	memcpy(a, "abc", 4);
	return (a[3]);
}
