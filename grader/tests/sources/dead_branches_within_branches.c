// finds nothing
#include <stdio.h>
#if 1
# if 0
int	puts(const char *text)
{
	return (printf("%s", text));
}
# endif
#else
static int	n = EAGAIN;
#endif
int	main(void)
{
	return (0);
}
