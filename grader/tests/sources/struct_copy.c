// finds nothing
struct s_large
{
	char	bytes[4000];
};

static struct s_large	one;
static struct s_large	other;

int	main(void)
{
	struct s_large	local = {{0}};

	one = other;
	local = one;
	return (local.bytes[3]);
}
