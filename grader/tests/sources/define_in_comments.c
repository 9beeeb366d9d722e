// finds nothing
/*
#define SIZE 10
*/
/* another
#define LESS */
int	main(void) // #define LESS
{
	return (0);
}
