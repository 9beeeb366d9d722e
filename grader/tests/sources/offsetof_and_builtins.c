// finds nothing
#include <stddef.h>
#include <stdarg.h>

struct s_pair
{
	int	a;
	int	b;
};

static int	sum(int count, ...)
{
	va_list	list;
	int		total = 0;

	va_start(list, count);
	while (count-- > 0)
		total += va_arg(list, int);
	va_end(list);
	return (total);
}

int	main(void)
{
	return ((int)offsetof(struct s_pair, b) + sum(2, 1, 2) + (int)__builtin_expect(0, 1));
}
