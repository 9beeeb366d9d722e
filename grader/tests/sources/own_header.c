// finds compiles:2
#include "mini_serv.h"
int	main(void)
{
	return (0);
}
