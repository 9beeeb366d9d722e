// finds nothing
#include <unistd.h>

int	main(void)
{
	char	hash = '#';
	char	quote = '"'; /* #define */

	write(1, &hash, 1);
	return (quote == hash);
}
