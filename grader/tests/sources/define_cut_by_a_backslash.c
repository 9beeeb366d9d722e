// finds no-define:2 no-define:5
#def\
ine SIZE 10
int	n;
#\
define MORE 3
int	main(void)
{
	return (SIZE + MORE + n);
}
