// finds nothing
__extension__ typedef __int128 t_wide;

int	main(int argc, char **argv)
{
	t_wide	a = argc;

	(void)argv;
	return ((int)(a / (a + 1)));
}
