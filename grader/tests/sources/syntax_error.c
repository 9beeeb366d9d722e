// finds compiles:5 compiles:5
// with clang finds compiles:5
int	main(void)
{
	return (0;
}
