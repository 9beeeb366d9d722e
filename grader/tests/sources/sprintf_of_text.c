// finds nothing
#include <stdio.h>

int	main(int argc, char **argv)
{
	char	copy[40];

	sprintf(copy, "%s", argc > 40 ? argv[0] : "short");
	sprintf(copy, "plain");
	return (copy[0]);
}
