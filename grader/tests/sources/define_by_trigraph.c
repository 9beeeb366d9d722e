// finds compiles:4 no-define:4
// with clang finds no-define:4
#if 0
??=define SIZE 10
#endif
int	main(void)
{
	return (0);
}
