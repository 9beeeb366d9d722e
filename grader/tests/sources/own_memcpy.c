// finds nothing
#include <unistd.h>

static void	*memcpy_(void *to, const void *from, size_t length)
{
	for (size_t i = 0; i < length; i++)
		((char *)to)[i] = ((const char *)from)[i];
	return (to);
}

void	*memcpy(void *to, const void *from, size_t length)
{
	return (memcpy_(to, from, length));
}

int	main(void)
{
	char	a[4];

	memcpy(a, "abc", 4);
	return (a[3]);
}
