// finds nothing
#include <stdio.h>

int	main(void)
{
#if 0
	printf("hello\n");
#else
	/* nothing */
#endif
#ifdef DEBUG
	perror("x");
#endif
	return (0);
}
