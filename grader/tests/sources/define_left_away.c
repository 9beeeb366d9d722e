// finds compiles:4 no-define:5
// with clang finds no-define:5
#if 0
This isn't C, and still in the file:
#define SIZE 10
#endif
int	main(void)
{
	return (0);
}
