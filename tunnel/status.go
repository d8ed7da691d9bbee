package tunnel

import "culvert/tunnel/project"

// routesOf tells where a project's routes lead.
func routesOf(p *project.Project) (list []RouteStatus) {
	for i := range p.Routes {
		r := &p.Routes[i]
		s := RouteStatus{Path: r.Path, Exact: r.Exact, Listen: r.Listen, To: r.Leads()}
		for _, to := range r.To {
			s.Upstreams = append(s.Upstreams, UpstreamStatus{URL: to.String()})
		}
		list = append(list, s)
	}
	return list
}

// tell adds to a status what the service knows of itself.
func (s *service) tell(to *Status) {
	for i := range s.project.Routes {
		for _, r := range s.routes {
			if r.Route == &s.project.Routes[i] {
				to.Routes[i].Upstreams = r.pool.status()
				if r.at != nil {
					to.Routes[i].Listen = nil
				}
				for _, l := range r.at {
					to.Routes[i].Listen = append(to.Routes[i].Listen, l.addr)
				}
			}
		}
	}
	to.Down = s.down()
	to.Endpoints = s.paths.status()
	to.Connections = s.connections()
	recorded := s.log.Stats()
	to.Frames = recorded.Sent.Frames + recorded.Received.Frames
}

// down says why a route has no upstream that could be reached when it was last dialled, "" if all routes have one.
func (s *service) down() string {
	for _, r := range s.routes {
		if why := r.pool.down(r.Path); why != "" {
			return why
		}
	}
	return ""
}
