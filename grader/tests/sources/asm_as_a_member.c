// finds nothing
struct s_code
{
	int	assembly;
};

int	main(void)
{
	struct s_code	code = {0};

	/* __asm__("nop") */
	return (code.assembly);
}
