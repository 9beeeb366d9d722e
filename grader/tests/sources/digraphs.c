// finds nothing
int	main(void)
<%
	int	numbers<:3:> = <%1, 2, 3%>;

	return (numbers<:1:>);
%>
