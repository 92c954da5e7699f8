package web

// importRoutes are the pages of many entries at once.
func (s *server) importRoutes() []route {
	return nil
}
