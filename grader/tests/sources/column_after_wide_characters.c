// finds compiles:4
int	main(void)
{
	/* éé漢 */ int	unused;

	return (0);
}
