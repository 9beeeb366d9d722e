// finds allowed-functions:7
#include <ctype.h>

int	main(int argc, char **argv)
{
	if (argc > 1)
		return (isdigit((unsigned char)argv[1][0]));
	return (0);
}
