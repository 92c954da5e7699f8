package web

// signInRoutes are the pages of signing in and the own account.
func (s *server) signInRoutes() []route {
	return nil
}
