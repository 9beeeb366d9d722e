// finds nothing
#include <unistd.h>
#undef SIZE
#ifdef SIZE
# error "#define SIZE"
#elif defined(__define)
# error define
#endif
#pragma GCC diagnostic push
int	main(void)
{
	return (0);
}
