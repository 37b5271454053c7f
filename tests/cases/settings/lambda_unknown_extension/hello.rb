def handler() end
