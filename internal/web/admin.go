package web

// adminRoutes are the pages of accounts and grants.
func (s *server) adminRoutes() []route {
	return nil
}
