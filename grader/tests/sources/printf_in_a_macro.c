// finds no-define:4 allowed-functions:8
#include <stdio.h>

#define SAY(text) print##f("%s\n", text)

int	main(void)
{
	SAY("hello");
	return (0);
}
