/* Ends before it serves anybody, with last words and a status of its own. */
#include <stdio.h>

int	main(void)
{
	fputs("exits_at_once: there is no configuration\n", stderr);
	return (3);
}
