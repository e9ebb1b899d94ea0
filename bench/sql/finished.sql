SELECT cycle, marks FROM resolve.marker WHERE library = {{text .Library}} ORDER BY cycle
