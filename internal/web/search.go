package web

// searchRoutes are the pages of finding things.
func (s *server) searchRoutes() []route {
	return nil
}
