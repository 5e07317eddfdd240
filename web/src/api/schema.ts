// The API as its OpenAPI document describes it. Made by `npm run docs`; a test compares it with the code.
export interface paths {
    "/about": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the version as text, or what this server offers as JSON */
        get: operations["AboutController_about"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the resources of the registry, in tastypie's form */
        get: operations["AboutController_api"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Report whether the server is healthy, and what it uses */
        get: operations["AboutController_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/server/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Identify this server */
        get: operations["ServerController_read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/server/stop-runs/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop all runs of all users: TERM now, KILL after the grace of each; waiting runs are cancelled
         * @description Services are not restarted by their restart rules. Later requests and bindings start runs as usual.
         */
        post: operations["ServerController_stopRuns"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Report whether the process answers, even while it is stopping */
        get: operations["ProbeController_live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Report whether the server takes requests */
        get: operations["ProbeController_ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/process_definition/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Describe the definitions that you may run as an OpenAPI document
         * @description Each definition is an operation: POST /call/NAME, of another user /call/OWNER:NAME, with typed parameters, the types of its message and its output, and its examples. For Swagger UI, and for generators of clients. At most 1000 definitions, the oldest ones first.
         */
        get: operations["OpenapiController_describe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/process_definition/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List definitions
         * @description Lists your own definitions and the shared ones; an admin sees all. Filters: id, name, exec, application, process_type, each with __in, __contains, __startswith, __gt, __gte, __lt, __lte, __range where they make sense; q, tags and owner. __contains, q and tags look at every definition, one list at a time and for at most 30 s; of one user at most 3 such lists wait. At most 10 values each of q, tags and owner. An unknown filter is ignored, as by tastypie.
         */
        get: operations["DefinitionListController_list"];
        /** Replace all your own definitions, in one transaction */
        put: operations["DefinitionListController_replace"];
        /** Create a definition */
        post: operations["DefinitionListController_create"];
        /**
         * Delete all your own definitions
         * @description Takes no parameter: a filter that was ignored would delete everything.
         */
        delete: operations["DefinitionListController_removeAll"];
        options?: never;
        head?: never;
        /** Create, change and delete several definitions, in one transaction */
        patch: operations["DefinitionListController_change"];
        trace?: never;
    };
    "/api/process_definition/validate/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Check a definition without saving it */
        post: operations["RevisionController_validate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/process_definition/{ref}/revisions/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the versions of a definition, newest first */
        get: operations["RevisionController_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/process_definition/{ref}/revisions/{revision}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read one version of a definition */
        get: operations["RevisionController_read"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/process_definition/{ref}/revisions/{revision}/restore/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Restore a former version as the current one */
        post: operations["RevisionController_restore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/process_definition/schema/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Describe the resource, in tastypie's form */
        get: operations["DefinitionController_schema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/process_definition/set/{refs}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read several definitions */
        get: operations["DefinitionController_set"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/process_definition/{ref}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a definition */
        get: operations["DefinitionController_read"];
        /**
         * Replace a definition, or create one with this id or name
         * @description An id above the next free one, or one that was another user's, is for admins.
         */
        put: operations["DefinitionController_put"];
        post?: never;
        /** Delete a definition; its runs stay */
        delete: operations["DefinitionController_remove"];
        options?: never;
        head?: never;
        /** Change a definition; `definition` is replaced as a whole */
        patch: operations["DefinitionController_patch"];
        trace?: never;
    };
    "/api/import/{kind}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read files of another system as definitions
         * @description Answers with the definitions and what they do not say, item by item, and stores nothing unless apply=1. A definition is compared with your own of the same name.
         */
        post: operations["ImportController_take"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/process_definition/{ref}/cwl/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a definition as a CommandLineTool of CWL v1.2
         * @description Its run by an engine of CWL gives the same bytes. The values of `environment` are *** for users who may not change it.
         */
        get: operations["ExportController_cwl"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/process_definition/{ref}/execute/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run a definition: the body is the message, the response is the output
         * @description Declared parameters can be given as query parameters. The switches of the server begin with a dash, which may be left out where the definition declares no parameter of that name. See docs/behaviour/execute.md.
         */
        post: operations["ExecuteController_execute"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/process_definition/{ref}/explain/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show what a run would do, without starting it */
        get: operations["PlanController_explain"];
        put?: never;
        /** Show what a run would do, without starting it */
        post: operations["PlanController_explainWithBody"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/process_definition/{ref}/selftest/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run the examples of a definition, one after the other
         * @description Each is a run of yours, with the trigger `selftest`. All of them may take 600 s together; those that are left then are not run. When you close the connection, the test ends.
         */
        post: operations["PlanController_selfTest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/run/recent/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the last runs of several definitions, and whose they are
         * @description Of each definition that you may see, in the order of their ids; the others are left out. Of a definition of another user your own runs among its last 100.
         */
        get: operations["RecentRunsController_recent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/run/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List runs, newest first
         * @description Lists your own runs, and those that others have started of your shared definitions; an admin sees all. An unknown filter is a 400. success and q look at every run that the other filters leave: beyond 2000 in a thread, for at most 30 s.
         */
        get: operations["RunController_list"];
        put?: never;
        /**
         * Create a run of a definition, or of an ad hoc command, and start it
         * @description With "start": false the run is only created; this is not possible for the service of a definition. An ad hoc command (exec) needs the role author.
         */
        post: operations["RunActionsController_make"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/run/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a run
         * @description The owner of a shared definition sees the records of the runs that others have started of it, without their outputs; everything else of such a run is a 403.
         */
        get: operations["RunController_read"];
        put?: never;
        post?: never;
        /** Remove a run that has ended, with its files, output and log */
        delete: operations["RunController_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/run/{id}/wait/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Wait until a run has ended */
        get: operations["RunController_wait"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/run/{id}/start/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start a run that was only created */
        post: operations["RunActionsController_start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/run/{id}/stop/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop a run: TERM to all its processes, KILL after the grace; a waiting run is cancelled */
        post: operations["RunActionsController_stop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/run/{id}/signal/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send one signal to the program of a run */
        post: operations["RunActionsController_signal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/run/{id}/input/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a run's message, if it was kept */
        get: operations["RerunController_input"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/run/{id}/rerun/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Repeat a run that has ended, with its message, files and parameters
         * @description The new run belongs to the caller, who must be allowed to run the definition now. Secret parameters must be given again.
         */
        post: operations["RerunController_rerun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/run/{id}/message/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a message to a running service
         * @description The message is delivered once the service is ready. See docs/behaviour/services.md.
         */
        post: operations["RunMessageController_message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/run/{id}/messages/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow the messages that a service sends
         * @description Server-Sent Events: message, with the frame as text (message-base64 where it is not UTF-8 or has a carriage return), from the first one that is kept; then end, when the run has ended.
         */
        get: operations["RunMessageController_follow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/lane/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the lanes: how many runs are active and waiting in each, and its limit */
        get: operations["LaneController_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/lane/{name}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change the limit of a lane until the server ends; set LANES to change it permanently */
        patch: operations["LaneController_change"];
        trace?: never;
    };
    "/api/run/{id}/output/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a run's output
         * @description With follow=1, or a Range to a very large last position, a run that has not ended is followed: a standard stream is sent as stdout/ and stderr/ are, any other output once the run has ended.
         */
        get: operations["RunResultController_output"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/run/{id}/log/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read or follow the log of a run
         * @description stdout and stderr in the order in which they were read. With Accept: text/event-stream the events are state, stdout, stderr (with -base64 where the bytes are not text) and end.
         */
        get: operations["RunResultController_log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/run/{id}/stdout/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read or follow what a run writes to stdout
         * @description While the run has not ended: the bytes from the first one on, live to the end, with the trailers Exit-Code and End-Reason. A Range bytes=N- gives what is there, and one to a very large last position, such as bytes=N-9007199254740991, continues live (RFC 8673). See docs/behaviour/runs.md.
         */
        get: operations["RunStreamController_stdout"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/run/{id}/stderr/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read or follow what a run writes to stderr
         * @description While the run has not ended: the bytes from the first one on, live to the end, with the trailers Exit-Code and End-Reason. A Range bytes=N- gives what is there, and one to a very large last position, such as bytes=N-9007199254740991, continues live (RFC 8673). See docs/behaviour/runs.md.
         */
        get: operations["RunStreamController_stderr"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/run/{id}/files/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a run's files
         * @description Before the start: the files that were put for the run. While the program runs: its work directory. Afterwards: the files that it left there. Lists at most 10000; links and special files are left out.
         */
        get: operations["RunFilesController_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/run/{id}/files/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a run's file */
        get: operations["RunFilesController_read"];
        /**
         * Put a file into a run's work directory
         * @description A file that is put before the start is there when the program starts. While the program runs, a new file appears in one step. Missing folders are created.
         */
        put: operations["RunFilesController_put"];
        post?: never;
        /** Remove a run's file */
        delete: operations["RunFilesController_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/run/{id}/archive/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a run's files as a zip
         * @description Contains the files of GET files/; the zip is created while it is read. Links and special files are left out.
         */
        get: operations["RunArchiveController_read"];
        /**
         * Unpack a zip into a run's work directory
         * @description All entries are read and checked before the first one is written. An archive is refused as a whole if it has a path that leads out, a link, an entry that is damaged or encrypted, or more bytes than MAX_MESSAGE_BYTES. Files with the same paths are replaced; other files stay.
         */
        put: operations["RunArchiveController_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/run/{id}/attach/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Attach to a run (WebSocket)
         * @description Subprotocol v5.channel.k8s.io or v4.channel.k8s.io; docs/behaviour/terminals.md. A run that was only created is started by this request, as an interactive run.
         */
        get: operations["AttachController_attach"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/binding/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List bindings
         * @description Lists your own bindings; an admin sees all.
         */
        get: operations["BindingController_list"];
        put?: never;
        /**
         * Bind a definition to a stream
         * @description Each message of the input stream runs the definition on your behalf. The output goes to the output stream.
         */
        post: operations["BindingController_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/binding/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a binding */
        get: operations["BindingController_read"];
        put?: never;
        post?: never;
        /** Remove a binding, with its queue and the messages that wait in it */
        delete: operations["BindingController_remove"];
        options?: never;
        head?: never;
        /**
         * Change a binding: definition, output, concurrency, max_tries, enabled
         * @description The change takes effect when the messages in hand are finished under the former terms. The queue of a disabled binding keeps collecting.
         */
        patch: operations["BindingController_change"];
        trace?: never;
    };
    "/api/stream/{name}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow a stream from now on
         * @description Server-Sent Events: message, or message-base64 where the bytes are not text. The id of an event is that of its message. A client that reads too slowly loses the oldest messages.
         */
        get: operations["StreamController_follow"];
        put?: never;
        /**
         * Publish a message to a stream
         * @description The body is the message, of any type. The response is sent once the bus has stored the message.
         */
        post: operations["StreamController_publish"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/event/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow what changes: definitions, runs, services, bindings, lanes, users
         * @description CloudEvents 1.0 as Server-Sent Events, or as text frames of a WebSocket, of everything that you may see. docs/behaviour/events.md has the types. The first event is events.opened; where events may be missing before, it is events.lost: read the lists again. A parameter may begin with a dash, such as -run.
         */
        get: operations["EventController_follow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/run/{id}/http/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Send HTTP or WebSocket requests to a run's program
         * @description Requests of any method are forwarded to the ${port} of the run, with path and query unchanged. See docs/behaviour/proxy.md for the details.
         */
        get: operations["RunProxyController_forward_get"];
        /**
         * Send HTTP or WebSocket requests to a run's program
         * @description Requests of any method are forwarded to the ${port} of the run, with path and query unchanged. See docs/behaviour/proxy.md for the details.
         */
        put: operations["RunProxyController_forward_put"];
        /**
         * Send HTTP or WebSocket requests to a run's program
         * @description Requests of any method are forwarded to the ${port} of the run, with path and query unchanged. See docs/behaviour/proxy.md for the details.
         */
        post: operations["RunProxyController_forward_post"];
        /**
         * Send HTTP or WebSocket requests to a run's program
         * @description Requests of any method are forwarded to the ${port} of the run, with path and query unchanged. See docs/behaviour/proxy.md for the details.
         */
        delete: operations["RunProxyController_forward_delete"];
        options?: never;
        head?: never;
        /**
         * Send HTTP or WebSocket requests to a run's program
         * @description Requests of any method are forwarded to the ${port} of the run, with path and query unchanged. See docs/behaviour/proxy.md for the details.
         */
        patch: operations["RunProxyController_forward_patch"];
        trace?: never;
    };
    "/api/run/{id}/page/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get an address for a browser to show the page of a run's program
         * @description The address needs no login, leads to the program of this run alone, as its http/ does, and is good until the credentials of this request or the run end, at most 12 h. See docs/behaviour/proxy.md.
         */
        post: operations["RunPageController_page"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/user/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List users */
        get: operations["UserController_list"];
        put?: never;
        /** Create a user */
        post: operations["UserController_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/user/{ref}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a user */
        get: operations["UserController_read"];
        put?: never;
        post?: never;
        /** Remove a user and the tokens of the user; definitions and runs stay */
        delete: operations["UserController_remove"];
        options?: never;
        head?: never;
        /**
         * Change a user: name, password, role, disabled
         * @description When a user is disabled, demoted or removed, every open response, stream and WebSocket of that user is closed at once. After a change of the password, only those that were opened with the old one are closed. No run starts any more for a user who is disabled, removed or a viewer. Waiting runs end as `cancelled`. Active runs continue, unless "stop" is true.
         */
        patch: operations["UserController_change"];
        trace?: never;
    };
    "/api/user/{ref}/token/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the access tokens of a user */
        get: operations["UserTokenController_list"];
        put?: never;
        /**
         * Create an access token for a user
         * @description The token acts as that user, with at most the rights that the user has at the time.
         */
        post: operations["UserTokenController_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/user/{ref}/token/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke an access token of a user */
        delete: operations["UserTokenController_revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read your own user */
        get: operations["OwnAccountController_me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change your password */
        patch: operations["OwnAccountController_changePassword"];
        trace?: never;
    };
    "/api/token/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List your access tokens */
        get: operations["OwnAccountController_listTokens"];
        put?: never;
        /**
         * Create an access token
         * @description Send it as Authorization: Bearer, as X-Access-Token, as Authorization: ApiKey user:token, or as the password of HTTP Basic, with your name or `token` as the user name.
         */
        post: operations["OwnAccountController_createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/token/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove one of your tokens */
        delete: operations["OwnAccountController_removeToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read your session */
        get: operations["SessionController_read"];
        put?: never;
        /**
         * Sign in: begin a session
         * @description The session is a cookie and a key. Send the key as X-Session-Key with each request; neither counts without the other. A 401 to a request with X-Session-Key, even an empty one, has no Basic challenge.
         */
        post: operations["SessionController_begin"];
        /** Sign out: end your session, and close everything that is open with it */
        delete: operations["SessionController_end"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ticket/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a ticket for an address to which no header can be sent
         * @description For downloads, media and WebSockets: the address with ?-ticket=TICKET is answered as this caller would be, and only this address. For a WebSocket the ticket is good once, within 60 s. For GET and HEAD of output, stdout, stderr, log, archive and files of a run it is good until the credentials of this request end, at most 12 h.
         */
        post: operations["TicketController_issue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/adapter/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the types of adapters, each with the JSON Schema of its parameters */
        get: operations["AdapterController_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @example {
         *       "type": "about:blank",
         *       "title": "The requested resource does not exist, or this user may not see it.",
         *       "status": 404,
         *       "detail": "no definition is called 'tx'",
         *       "code": "not_found",
         *       "error": "no definition is called 'tx'"
         *     }
         */
        ProblemBody: {
            /** @example about:blank */
            type: string;
            /** @description what the code means */
            title: string;
            status: number;
            /** @description one sentence for people */
            detail: string;
            /** @description the code of docs/errors.md */
            code: string;
            /** @description the same sentence as detail */
            error: string;
            /** @description only for errors of the server: the id under which its log has the details */
            request_id?: string;
            /** @description only for a failed run: its resource_uri */
            run?: string;
            exit_code?: number | null;
            signal?: string | null;
            /** @description the end of it, at most 4 KiB */
            stderr?: string;
            /** @description the start of it, at most 4 KiB */
            stdout?: string;
            /** @description only for a failed run: what may be its cause, such as a message that was not sent */
            hint?: string;
            /** @description where the output can be read, if there is one */
            output?: string | null;
        };
        /**
         * @example {
         *       "error": "no definition is called 'tx'",
         *       "code": "not_found"
         *     }
         */
        RegistryErrorBody: {
            /** @description one sentence for people */
            error: string;
            /** @description the code of docs/errors.md */
            code?: string;
            faults?: {
                path?: string;
                message?: string;
            }[];
            /** @description how many more faults there are that are not listed */
            more_faults?: number;
            /** @description of selftest_failed: what each example has become, as selftest/ says it */
            examples?: Record<string, never>[];
            /** @description of invalid_json: where */
            line?: number;
            /** @description of invalid_json: where */
            column?: number;
        };
        MetaObject: {
            /** @example 20 */
            limit: number;
            /** @description a path with a query, never a host */
            next: string | null;
            /** @example 0 */
            offset: number;
            previous: string | null;
            /**
             * @description exact
             * @example 1
             */
            total_count: number;
        };
        DefinitionWarning: {
            /** @example timout */
            path: string;
            /** @example unknown key `timout`; did you mean `timeout`? */
            message: string;
        };
        ExampleResult: {
            /**
             * @description where it stands in the definition, or in the list of definitions
             * @example examples[0]
             */
            path: string;
            passed: boolean;
            /** @description why it has not passed, in one sentence */
            error: string | null;
            /** @description the resource_uri of its run; null: none was started */
            run: string | null;
            end_reason: string | null;
            exit_code: number | null;
            /** @description the whole expected output; null: any */
            expect: string | {
                base64: string;
            } | null;
            /** @description the first 64 KiB of the output; null: there was none */
            output: string | {
                base64: string;
            } | null;
            output_bytes: number | null;
            /** @description the end of stderr, at most 4 KiB, of an example that has not passed */
            stderr: string | null;
        };
        SelfTestBody: {
            /** @description whether all examples have passed */
            passed: boolean;
            examples: components["schemas"]["ExampleResult"][];
        };
        DefinitionObject: {
            /**
             * @description the definition as it was sent
             * @example {
             *       "exec": "/usr/bin/tr",
             *       "argv": [
             *         "-d",
             *         "x"
             *       ]
             *     }
             */
            definition: {
                [key: string]: unknown;
            };
            /** @example 1 */
            id: number;
            /** @example /api/process_definition/1/ */
            resource_uri: string;
            /** @description after a write with `Prefer: return=representation`, if there are any */
            warnings?: components["schemas"]["DefinitionWarning"][];
            /** @description after a write with `-selftest=1` and `Prefer: return=representation` */
            selftest?: components["schemas"]["SelfTestBody"];
        };
        DefinitionList: {
            meta: components["schemas"]["MetaObject"];
            objects: components["schemas"]["DefinitionObject"][];
        };
        /**
         * @example {
         *       "definition": {
         *         "exec": "/usr/bin/tr",
         *         "argv": [
         *           "-d",
         *           "x"
         *         ]
         *       }
         *     }
         */
        DefinitionBody: {
            /**
             * @example {
             *       "exec": "/usr/bin/tr",
             *       "argv": [
             *         "-d",
             *         "x"
             *       ]
             *     }
             */
            definition?: {
                /** @description absolute path, a name looked up in PATH, or one of the files, such as ./report.py */
                exec: string;
                /** @description strings, passed as they are: no shell, no splitting; groups are dropped when a parameter in them is unset, and those with each are repeated for each item of that list */
                argv?: (string | string[] | {
                    when: string;
                    each?: string;
                    args: string[];
                } | {
                    when?: string;
                    each: string;
                    args: string[];
                })[];
                /** @description another name for argv */
                args?: (string | string[] | {
                    when: string;
                    each?: string;
                    args: string[];
                } | {
                    when?: string;
                    each: string;
                    args: string[];
                })[];
                /** @description default: the run's own, empty work directory; relative: inside it */
                cwd?: string;
                /** @description added to a clean base of PATH, HOME and TMPDIR */
                environment?: {
                    [key: string]: string | {
                        secret: string;
                    };
                };
                /** @description by its path, what stands in the work directory of each run before it starts; together at most 1 MiB */
                files?: {
                    [key: string]: string | {
                        base64: string;
                    };
                };
                /** @description the user of the machine as whom the program runs, one of RUN_AS_USERS; stored and changed by admins only */
                run_as?: string;
                /** @description seconds; 0: none */
                timeout?: number;
                /**
                 * @description default: "single"
                 * @enum {unknown}
                 */
                process_type?: "single" | "service";
                /** @description default: "host" */
                application?: string;
                input_adapter?: {
                    /** @enum {unknown} */
                    input_type: "file" | "append" | "port" | "pipe" | "none";
                    /** @description the parameters of the type, as described by GET /api/adapter/ */
                    input_parameters?: Record<string, never>;
                    /** @description the parameters of the type, as described by GET /api/adapter/ */
                    input_params?: Record<string, never>;
                };
                output_adapter?: {
                    /** @enum {unknown} */
                    output_type: "file" | "append" | "port" | "pipe" | "directory" | "none";
                    /** @description the parameters of the type, as described by GET /api/adapter/ */
                    output_parameters?: Record<string, never>;
                    /** @description the parameters of the type, as described by GET /api/adapter/ */
                    output_params?: Record<string, never>;
                };
                /** @description a slug with a letter in it, unique per owner */
                name?: string;
                description?: string;
                tags?: string[];
                /**
                 * @description default: "private"
                 * @enum {unknown}
                 */
                visibility?: "private" | "shared";
                /** @description JSON Schema (2020-12) of type object: typed inputs, used as ${name} */
                parameters?: Record<string, never>;
                limits?: {
                    /** @description from 1MiB to 1024TiB */
                    memory?: number | string;
                    /** @description from 1MiB to 1024TiB */
                    tree_memory?: number | string;
                    cpu_seconds?: number;
                    processes?: number;
                    open_files?: number;
                    /** @description from 0 to 1024TiB */
                    file_size?: number | string;
                    /** @description from 0 to 1024TiB */
                    output_bytes?: number | string;
                };
                /** @description default: "io" */
                lane?: string;
                max_parallel?: number;
                /** @description default: 0 */
                priority?: number;
                /** @description default: 0 */
                retries?: number;
                /** @description default: [0] */
                success_exit_codes?: number[];
                keep?: {
                    runs?: number;
                    days?: number;
                    /** @description from 0 to 1024TiB */
                    input?: number | string;
                };
                /**
                 * @description default: "continue"
                 * @enum {unknown}
                 */
                on_disconnect?: "continue" | "stop";
                restart?: {
                    /** @enum {unknown} */
                    mode?: "never" | "abnormal" | "always";
                    max?: number;
                    backoff?: number;
                };
                ready?: {
                    /** @description a port number, ${port}, or true for the port of the adapters */
                    tcp?: number | boolean | "${port}";
                    http?: string;
                    log?: string;
                    delay?: number;
                };
                stop?: {
                    signal?: string;
                    grace?: number;
                };
                /** @description true: AI agents get it as a tool at /mcp; an object also says how they are told of it */
                mcp?: boolean | {
                    title?: string;
                    description?: string;
                    annotations?: {
                        readOnlyHint?: boolean;
                        destructiveHint?: boolean;
                        idempotentHint?: boolean;
                        openWorldHint?: boolean;
                    };
                };
                /** @description run and compared by selftest/, and before it is saved with -selftest=1 */
                examples?: {
                    /** @description a string or {"base64": "..."} */
                    message?: string | {
                        base64: string;
                    };
                    /** @description the value of a file parameter is a text, or {"name": "a.csv", "text": "..."} or {"base64": "..."} */
                    parameters?: Record<string, never>;
                    /** @description a string or {"base64": "..."}, which is the whole output; left out: any */
                    expect?: string | {
                        base64: string;
                    };
                    /** @description left out: one of success_exit_codes */
                    exit_code?: number;
                }[];
            } & {
                [key: string]: unknown;
            };
            /** @description chooses the id; answered with 409 when it is taken */
            id?: number;
        };
        /**
         * @example {
         *       "objects": [
         *         {
         *           "definition": {
         *             "exec": "/usr/bin/tr",
         *             "argv": [
         *               "-d",
         *               "x"
         *             ]
         *           }
         *         }
         *       ]
         *     }
         */
        DefinitionListBody: {
            objects: components["schemas"]["DefinitionBody"][];
        };
        /**
         * @example {
         *       "objects": [
         *         {
         *           "definition": {
         *             "exec": "/usr/bin/tr",
         *             "argv": [
         *               "-d",
         *               "x"
         *             ]
         *           }
         *         }
         *       ]
         *     }
         */
        DefinitionPatchBody: {
            objects: components["schemas"]["DefinitionBody"][];
            /** @description resource_uris of definitions to delete */
            deleted_objects?: string[];
        };
        ValidatedBody: {
            valid: boolean;
            warnings: components["schemas"]["DefinitionWarning"][];
        };
        ImportBody: {
            /**
             * @description texts by the paths of their files, which name what is imported
             * @example {
             *       "report.sh": "#!/bin/sh\n# Prints a report\ndate\n"
             *     }
             */
            files: {
                [key: string]: string;
            };
        };
        ImportedDefinition: {
            /**
             * @description what it is called where it comes from
             * @example report.sh
             */
            item: string;
            /**
             * @example {
             *       "name": "report",
             *       "exec": "./report.sh"
             *     }
             */
            definition: {
                [key: string]: unknown;
            };
            /** @description what is not carried over, or means something else here */
            notes: string[];
            warnings: components["schemas"]["DefinitionWarning"][];
            /** @description why it cannot be stored */
            faults: components["schemas"]["DefinitionWarning"][];
            /**
             * @description your own definition with this name
             * @enum {string|null}
             */
            exists: "same" | "different" | null;
            /**
             * @description with apply=1; skipped: it has faults, or would change a definition without replace=1
             * @enum {string}
             */
            result?: "created" | "unchanged" | "changed" | "skipped";
        };
        RefusedItem: {
            /** @example line 12 */
            item: string;
            /** @example the line has no command */
            reason: string;
        };
        ImportAnswer: {
            definitions: components["schemas"]["ImportedDefinition"][];
            refused: components["schemas"]["RefusedItem"][];
        };
        RunUsageBody: {
            cpu_ms: number | null;
            max_rss_bytes: number | null;
        };
        RunOutputBody: {
            /** @example /api/run/0192.../output/ */
            uri: string;
            /** @example text/plain; charset=utf-8 */
            content_type: string;
            bytes: number;
            /** @description in hex; null: it is being computed */
            sha256: string | null;
            /** @description a remark about the output, such as percent-encoded names */
            note: string | null;
        };
        RunTriggerBody: {
            /**
             * @description a request with a definition, a request with a command, a message, or an example of a definition
             * @enum {string}
             */
            type: "http" | "command" | "binding" | "selftest";
            /** @description of a message: the number of the binding */
            binding?: number;
            /** @description of a message: its id */
            message_id?: string | null;
            /** @description of a message: whether the bus may have delivered it before */
            redelivered?: boolean;
        };
        RunBody: {
            /** @description UUIDv7 */
            id: string;
            resource_uri: string;
            /** @description resource_uri of the definition */
            definition: string | null;
            /** @description the name of the definition when the run was accepted */
            definition_name: string | null;
            revision: number | null;
            /** @description the parameters that the caller gave, secrets as *** */
            parameters: {
                [key: string]: unknown;
            };
            exec: string;
            /** @description parameters filled in, secrets as *** */
            argv: string[];
            /** @enum {string} */
            state: "created" | "queued" | "starting" | "running" | "stopping" | "finished";
            /** @enum {string|null} */
            end_reason: "exit" | "signal" | "timeout" | "stop" | "output_limit" | "memory_limit" | "cpu_limit" | "file_size_limit" | "input_error" | "output_error" | "spawn_error" | "cancelled" | "lost" | null;
            exit_code: number | null;
            /** @example SIGKILL */
            signal: string | null;
            success: boolean | null;
            error: string | null;
            attempt: number;
            lane: string;
            priority: number;
            pid: number | null;
            /** @description the isolation that was applied */
            isolation: string | null;
            created_at: string;
            started_at: string | null;
            finished_at: string | null;
            queued_ms: number | null;
            duration_ms: number | null;
            usage: components["schemas"]["RunUsageBody"];
            output: components["schemas"]["RunOutputBody"] | null;
            /** @description what started the run */
            trigger: components["schemas"]["RunTriggerBody"];
            /** @description the id of the run that this run repeats */
            rerun_of: string | null;
            /** @description the size of the message and the files that are kept for a repetition; 0: there were none; null: they are not kept */
            input_bytes: number | null;
            /** @description only for a service that has not ended: whether it takes messages */
            ready?: boolean;
            /** @description only while a service waits for its restart; error says why */
            next_start_at?: string;
            /** @description the name of the user who started the run; null when that user was removed */
            owner: string | null;
        };
        RecentRunBody: {
            id: string;
            /** @enum {string} */
            state: "created" | "queued" | "starting" | "running" | "stopping" | "finished";
            /** @enum {string|null} */
            end_reason: "exit" | "signal" | "timeout" | "stop" | "output_limit" | "memory_limit" | "cpu_limit" | "file_size_limit" | "input_error" | "output_error" | "spawn_error" | "cancelled" | "lost" | null;
            success: boolean | null;
            started_at: string | null;
            finished_at: string | null;
        };
        RecentRunsOfDefinition: {
            /** @description the id of the definition */
            definition_id: number;
            /** @description the name of its owner; null: the user was removed */
            owner: string | null;
            /** @description newest first */
            runs: components["schemas"]["RecentRunBody"][];
        };
        RecentRunsBody: {
            objects: components["schemas"]["RecentRunsOfDefinition"][];
        };
        RunList: {
            meta: components["schemas"]["MetaObject"];
            objects: components["schemas"]["RunBody"][];
        };
        LaneBody: {
            /** @example code */
            name: string;
            /** @description how many runs may be active at once; 0: no limit */
            limit: number;
            running: number;
            queued: number;
            /** @description how many runs succeeded since the server started */
            done: number;
            /** @description how many runs failed since the server started */
            failed: number;
            resource_uri: string;
        };
        LaneList: {
            objects: components["schemas"]["LaneBody"][];
        };
        RunFileBody: {
            /**
             * @description relative to the work directory
             * @example sub/a.txt
             */
            path: string;
            /** @description a name in the path is not UTF-8: bytes that are not part of a character, and `%`, are percent-encoded in it */
            encoded: boolean;
            /** @enum {string} */
            type: "file" | "folder";
            /** @description null for a folder */
            bytes: number | null;
            modified_at: string;
            /** @description where the file can be read; null for a folder */
            uri: string | null;
        };
        RunFileList: {
            /** @description ordered by path */
            objects: components["schemas"]["RunFileBody"][];
            /** @description whether there are more files than are listed */
            truncated: boolean;
        };
        StreamEndBody: {
            /**
             * @description default: amqp where AMQP_URL is set, else memory
             * @enum {string}
             */
            bus?: "memory" | "amqp";
            /**
             * @description 1 to 100 letters, digits, dots, - and _
             * @example in
             */
            stream: string;
        };
        BindingStateBody: {
            /**
             * @description connecting: the bus is not available, or messages that were taken before a change are being finished; the binding reconnects by itself
             * @enum {string}
             */
            status: "disabled" | "connecting" | "listening";
            /** @description messages that were taken and are not yet acknowledged */
            in_flight: number;
            /** @description messages that were processed successfully since the binding was created */
            handled: number;
            /** @description messages that became dead letters */
            failed: number;
            /** @description what holds the binding up now, which messages were lost, or why the binding was disabled */
            error: string | null;
        };
        BindingBody: {
            id: number;
            resource_uri: string;
            /** @description resource_uri of the definition */
            definition: string;
            input: components["schemas"]["StreamEndBody"];
            output: components["schemas"]["StreamEndBody"] | null;
            concurrency: number;
            max_tries: number;
            enabled: boolean;
            state: components["schemas"]["BindingStateBody"];
            created_at: string;
            /** @description the name of the user on whose behalf the binding runs */
            owner: string | null;
        };
        BindingList: {
            meta: components["schemas"]["MetaObject"];
            objects: components["schemas"]["BindingBody"][];
        };
        /**
         * @example {
         *       "definition": "tr",
         *       "input": {
         *         "stream": "in"
         *       }
         *     }
         */
        NewBindingBody: {
            /** @description null: outputs go to the sender that asked for a reply, or nowhere */
            output?: components["schemas"]["StreamEndBody"] | null;
            /** @description how many messages are processed at once; default: 1 */
            concurrency?: number;
            /** @description how many runs are tried before a message becomes a dead letter; default: 3 */
            max_tries?: number;
            /** @description default: true */
            enabled?: boolean;
            /**
             * @description id, resource_uri or name
             * @example upper
             */
            definition: string | number;
            input: components["schemas"]["StreamEndBody"];
        };
        /**
         * @example {
         *       "concurrency": 2
         *     }
         */
        BindingChangeBody: {
            /** @description null: outputs go to the sender that asked for a reply, or nowhere */
            output?: components["schemas"]["StreamEndBody"] | null;
            /** @description how many messages are processed at once; default: 1 */
            concurrency?: number;
            /** @description how many runs are tried before a message becomes a dead letter; default: 3 */
            max_tries?: number;
            /** @description default: true */
            enabled?: boolean;
            /**
             * @description id, resource_uri or name
             * @example upper
             */
            definition?: string | number;
        };
        RunPageBody: {
            /** @example /run-page/pt_…/ */
            url: string;
            expires_at: string;
        };
        /**
         * @example {
         *       "username": "alice",
         *       "password": "correct horse",
         *       "role": "runner"
         *     }
         */
        NewUserBody: {
            /**
             * @description 1 to 150 characters without a colon or control characters; not . or ..
             * @example alice
             */
            username: string;
            /** @description at least MIN_PASSWORD_LENGTH characters, at most 1024 bytes, no control characters */
            password: string;
            /** @enum {string} */
            role: "viewer" | "runner" | "author" | "admin";
            disabled?: boolean;
        };
        UserBody: {
            id: number;
            username: string;
            /** @enum {string} */
            role: "viewer" | "runner" | "author" | "admin";
            disabled: boolean;
            created_at: string;
            resource_uri: string;
        };
        /**
         * @example {
         *       "role": "author"
         *     }
         */
        UserChangeBody: {
            /**
             * @description 1 to 150 characters without a colon or control characters; not . or ..
             * @example alice
             */
            username?: string;
            /** @description at least MIN_PASSWORD_LENGTH characters, at most 1024 bytes, no control characters */
            password?: string;
            /** @enum {string} */
            role?: "viewer" | "runner" | "author" | "admin";
            disabled?: boolean;
            /** @description only with "disabled": true; also stops the runs of the user that are running */
            stop?: boolean;
        };
        /**
         * @example {
         *       "name": "for my script"
         *     }
         */
        NewTokenBody: {
            name: string;
            /** @description a time such as 2027-01-31T12:00:00Z */
            expires_at?: string;
            /** @description the token may do what the highest of these roles may, and never more than its user */
            scopes?: ("viewer" | "runner" | "author" | "admin")[];
            /**
             * @description names and tags of tools: the token may only call these, at /mcp, and nothing else
             * @example [
             *       "resize",
             *       "reports"
             *     ]
             */
            tools?: string[];
        };
        TokenBody: {
            id: number;
            name: string;
            /** @description shown only once, when the token is created */
            token?: string;
        };
        /**
         * @example {
         *       "password": "correct horse"
         *     }
         */
        OwnPasswordBody: {
            /** @description at least MIN_PASSWORD_LENGTH characters, at most 1024 bytes, no control characters */
            password: string;
        };
        /**
         * @example {
         *       "username": "alice",
         *       "password": "correct horse"
         *     }
         */
        SignInBody: {
            /** @example alice */
            username: string;
            password: string;
        };
        NewSessionBody: {
            user: components["schemas"]["UserBody"];
            /** @description when the session ends unless it is used */
            expires_at: string;
            /** @description to be sent as X-Session-Key; shown only this once */
            key: string;
        };
        SessionBody: {
            user: components["schemas"]["UserBody"];
            /** @description when the session ends unless it is used */
            expires_at: string;
        };
        /**
         * @example {
         *       "path": "/api/run/01935a80-0000-7000-8000-000000000000/output/"
         *     }
         */
        TicketRequestBody: {
            /** @description the address at which the ticket is to be used, with its query */
            path: string;
        };
        TicketBody: {
            /** @description to be sent as the query parameter -ticket */
            ticket: string;
            expires_at: string;
        };
        /**
         * @example {
         *       "error": "not_found",
         *       "message": "no definition is called 'tx'"
         *     }
         */
        GlotErrorBody: {
            /** @description the code */
            error: string;
            /** @description one sentence for people */
            message: string;
        };
        JobInfo: {
            /** @description 32 hexadecimal digits */
            uid: string;
            name: string;
            /** @enum {string} */
            state: "NEW" | "PENDING" | "RUNNING" | "FINISHED";
            sender: Record<string, never>;
            /** @description P: what stands before start, wait, info and the others */
            path: string;
            agent: Record<string, never>;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    AboutController_about: {
        parameters: {
            query?: never;
            header?: {
                /** @description application/json for `version` and `features` */
                Accept?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the version; as JSON also the features */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    AboutController_api: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description only process_definition */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    AboutController_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the server is healthy */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    ServerController_read: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `version`, `pid`, the `url` at which the server listens, and the `disk` of DATA_DIR: `free_bytes`, `total_bytes` */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    ServerController_stopRuns: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `stopping`: how many runs are being stopped */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    ProbeController_live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the process answers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    ProbeController_ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the server takes requests */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    OpenapiController_describe: {
        parameters: {
            query?: {
                /** @description only these: ids, names or owner:name, separated by commas */
                definition?: string;
            };
            header?: {
                /** @description an ETag; answered with 304 when it is still the same */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description an OpenAPI 3.1 document */
            200: {
                headers: {
                    /** @description of this document */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    DefinitionListController_list: {
        parameters: {
            query?: {
                /** @description at most 1000, which is also what 0 means; default 20; a page of large definitions has fewer, which its meta says */
                limit?: string;
                /** @description default 0 */
                offset?: string;
                /** @description id, name, exec, application or process_type; a leading - reverses the order */
                order_by?: string;
                /** @description one example of a filter */
                id__in?: string;
                /** @description a string in the name, the description, the tags or exec */
                q?: string;
                /** @description one or more tags, separated by commas: definitions that have all of them */
                tags?: string;
                /** @description the name of a user */
                owner?: string;
            };
            header?: {
                /** @description an ETag; answered with 304 when it is still the same */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description one page */
            200: {
                headers: {
                    /** @description of this page; If-Match of a write of the list takes that of any page, as the version of your own definitions */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DefinitionList"];
                };
            };
            /** @description unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    DefinitionListController_replace: {
        parameters: {
            query?: {
                /** @description 1: run the examples first, and save nothing unless all pass; those of a service are not run */
                "-selftest"?: string;
            };
            header?: {
                /** @description return=representation: the response carries the data */
                Prefer?: string;
                /** @description the ETag of a page of the list: none of your own definitions may have changed since */
                "If-Match"?: string;
                /** @description an ETag of the list that it must not have; * always fails, since the list exists */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DefinitionListBody"];
            };
        };
        responses: {
            /** @description replaced, with the data */
            200: {
                headers: {
                    /** @description passed=N, the number of examples that were run, with -selftest=1 */
                    "Self-Test"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DefinitionListBody"];
                };
            };
            /** @description replaced */
            204: {
                headers: {
                    /** @description 299 - "unknown key `timout`; did you mean `timeout`?", one for each remark; with the data, they are in `warnings` */
                    Warning?: string;
                    /** @description passed=N, the number of examples that were run, with -selftest=1 */
                    "Self-Test"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    DefinitionListController_create: {
        parameters: {
            query?: {
                /** @description 1: run the examples first, and save nothing unless all pass; those of a service are not run */
                "-selftest"?: string;
            };
            header?: {
                /** @description return=representation: the response carries the data */
                Prefer?: string;
                /** @description 1 to 255 characters: for 24 hours the same request with the same key creates nothing more and gets the same answer */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DefinitionBody"];
            };
        };
        responses: {
            /** @description created; the body is empty unless the data was requested */
            201: {
                headers: {
                    /** @description the path of the new definition */
                    Location?: string;
                    /** @description return=representation, when it was requested */
                    "Preference-Applied"?: string;
                    /** @description 299 - "unknown key `timout`; did you mean `timeout`?", one for each remark; with the data, they are in `warnings` */
                    Warning?: string;
                    /** @description passed=N, the number of examples that were run, with -selftest=1 */
                    "Self-Test"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    DefinitionListController_removeAll: {
        parameters: {
            query?: never;
            header?: {
                /** @description the ETag of a page of the list: none of your own definitions may have changed since */
                "If-Match"?: string;
                /** @description an ETag of the list that it must not have; * always fails, since the list exists */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description deleted; their runs stay */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    DefinitionListController_change: {
        parameters: {
            query?: {
                /** @description 1: run the examples first, and save nothing unless all pass; those of a service are not run */
                "-selftest"?: string;
            };
            header?: {
                /** @description return=representation: the response carries the data */
                Prefer?: string;
                /** @description the ETag of a page of the list: none of your own definitions may have changed since */
                "If-Match"?: string;
                /** @description an ETag of the list that it must not have; * always fails, since the list exists */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DefinitionPatchBody"];
            };
        };
        responses: {
            /** @description done; the body is empty unless the data was requested */
            202: {
                headers: {
                    /** @description 299 - "unknown key `timout`; did you mean `timeout`?", one for each remark; with the data, they are in `warnings` */
                    Warning?: string;
                    /** @description passed=N, the number of examples that were run, with -selftest=1 */
                    "Self-Test"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    RevisionController_validate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DefinitionBody"];
            };
        };
        responses: {
            /** @description the definition is valid; `warnings` says what its author may have meant otherwise */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ValidatedBody"];
                };
            };
        };
    };
    RevisionController_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id, name, or owner:name */
                ref: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description all versions; `truncated` says that older ones were left out because they are large */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        objects?: Record<string, never>[];
                        truncated?: boolean;
                    };
                };
            };
        };
    };
    RevisionController_read: {
        parameters: {
            query?: never;
            header?: {
                /** @description a time; answered with 304 when nothing has changed since; ignored where If-None-Match is sent */
                "If-Modified-Since"?: string;
            };
            path: {
                /** @description id, name, or owner:name */
                ref: unknown;
                /** @description the number of the version, from 1 */
                revision: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description that version */
            200: {
                headers: {
                    /** @description when it was saved */
                    "Last-Modified"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    RevisionController_restore: {
        parameters: {
            query?: {
                /** @description 1: run the examples first, and save nothing unless all pass; those of a service are not run */
                "-selftest"?: string;
            };
            header?: never;
            path: {
                /** @description id, name, or owner:name */
                ref: unknown;
                /** @description the number of the version, from 1 */
                revision: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the definition, which now has a new revision */
            200: {
                headers: {
                    /** @description its version */
                    ETag?: string;
                    /** @description passed=N, the number of examples that were run, with -selftest=1 */
                    "Self-Test"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DefinitionObject"];
                };
            };
        };
    };
    DefinitionController_schema: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description fields, methods, filters */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    DefinitionController_set: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description ids or names, separated by ; */
                refs: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the objects in the requested order; missing ids and names are listed in not_found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DefinitionListBody"];
                };
            };
        };
    };
    DefinitionController_read: {
        parameters: {
            query?: never;
            header?: {
                /** @description an ETag; answered with 304 when it is still the same */
                "If-None-Match"?: string;
                /** @description a time; answered with 304 when nothing has changed since; ignored where If-None-Match is sent */
                "If-Modified-Since"?: string;
            };
            path: {
                /** @description id, name, or owner:name */
                ref: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the definition as it was sent; the values of `environment` are *** for users who may not change it */
            200: {
                headers: {
                    /** @description the version of the definition */
                    ETag?: string;
                    /** @description when it was saved */
                    "Last-Modified"?: string;
                    /** @description the owner's name, percent-encoded */
                    "Definition-Owner"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DefinitionObject"];
                };
            };
            /** @description unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    DefinitionController_put: {
        parameters: {
            query?: {
                /** @description 1: run the examples first, and save nothing unless all pass; those of a service are not run */
                "-selftest"?: string;
            };
            header?: {
                /** @description the ETag that it must have, or *: it must exist */
                "If-Match"?: string;
                /** @description an ETag that it must not have, or *: it must not exist */
                "If-None-Match"?: string;
                /** @description return=representation: the response carries the data */
                Prefer?: string;
            };
            path: {
                /** @description id, name, or owner:name */
                ref: unknown;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DefinitionBody"];
            };
        };
        responses: {
            /** @description replaced, with the data */
            200: {
                headers: {
                    /** @description passed=N, the number of examples that were run, with -selftest=1 */
                    "Self-Test"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DefinitionObject"];
                };
            };
            /** @description created */
            201: {
                headers: {
                    /** @description the path of the definition */
                    Location?: string;
                    /** @description 299 - "unknown key `timout`; did you mean `timeout`?", one for each remark; with the data, they are in `warnings` */
                    Warning?: string;
                    /** @description passed=N, the number of examples that were run, with -selftest=1 */
                    "Self-Test"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description replaced */
            204: {
                headers: {
                    /** @description 299 - "unknown key `timout`; did you mean `timeout`?", one for each remark; with the data, they are in `warnings` */
                    Warning?: string;
                    /** @description passed=N, the number of examples that were run, with -selftest=1 */
                    "Self-Test"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    DefinitionController_remove: {
        parameters: {
            query?: never;
            header?: {
                /** @description the ETag that it must have, or *: it must exist */
                "If-Match"?: string;
                /** @description an ETag that it must not have, or *: it must not exist */
                "If-None-Match"?: string;
            };
            path: {
                /** @description id, name, or owner:name */
                ref: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description deleted */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    DefinitionController_patch: {
        parameters: {
            query?: {
                /** @description 1: run the examples first, and save nothing unless all pass; those of a service are not run */
                "-selftest"?: string;
            };
            header?: {
                /** @description the ETag that it must have, or *: it must exist */
                "If-Match"?: string;
                /** @description an ETag that it must not have, or *: it must not exist */
                "If-None-Match"?: string;
                /** @description return=representation: the response carries the data */
                Prefer?: string;
            };
            path: {
                /** @description id, name, or owner:name */
                ref: unknown;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DefinitionBody"];
            };
        };
        responses: {
            /** @description changed; the body is empty unless the data was requested */
            202: {
                headers: {
                    /** @description 299 - "unknown key `timout`; did you mean `timeout`?", one for each remark; with the data, they are in `warnings` */
                    Warning?: string;
                    /** @description passed=N, the number of examples that were run, with -selftest=1 */
                    "Self-Test"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    ImportController_take: {
        parameters: {
            query?: {
                /** @description 1: store what is new, and leave alone what is the same or different */
                apply?: string;
                /** @description 1: with apply=1, also change what is different */
                replace?: string;
                /** @description the name of the file when its text is the body; default: the kind */
                name?: string;
            };
            header?: never;
            path: {
                /** @description what the files are: scripts, crontab, webhook, olivetin, systemd, cwl */
                kind: unknown;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ImportBody"];
                "text/plain": string;
            };
        };
        responses: {
            /** @description what each item has become, and the items that were refused */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportAnswer"];
                };
            };
        };
    };
    ExportController_cwl: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id, name, or owner:name */
                ref: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the tool */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/yaml": string;
                };
            };
        };
    };
    ExecuteController_execute: {
        parameters: {
            query?: {
                /** @description a file name; the program's input file gets this name, or only its extension */
                "-input_file"?: string;
                /** @description the same for the program's output file, as in -output_file=a.mp3 */
                "-output_file"?: string;
                /** @description seconds, from 0 to 1000000000; may only shorten the definition's */
                "-timeout"?: string;
                /** @description run:ID/output or run:ID/files/PATH: what an earlier run has left is the message */
                "-message_from"?: string;
                /** @description from -1000 to 1000; a run with a higher priority starts first */
                "-priority"?: string;
                /** @description 1: streams the bytes as they are written, with Exit-Code as a trailer */
                "-stream"?: string;
                /** @description the declared parameters as one object: {"bitrate": "192k"} becomes ?bitrate=192k */
                parameters?: {
                    [key: string]: unknown;
                };
            };
            header?: {
                /** @description respond-async, or wait=SECONDS; and timeout=SECONDS, as -timeout; seconds from 0 to 1000000000 */
                Prefer?: string;
                /** @description 1 to 255 characters: for 24 hours the same request with the same key gives the same run; a message for a service is delivered once */
                "Idempotency-Key"?: string;
                /** @description text/event-stream for the events of the run; otherwise a hint for the extension of the program's output file */
                Accept?: string;
            };
            path: {
                /** @description id, name, or owner:name */
                ref: unknown;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "text/plain": string;
                "application/octet-stream": string;
                "multipart/form-data": {
                    /** Format: binary */
                    message?: string;
                } & {
                    [key: string]: string;
                };
                "application/json": unknown;
            };
        };
        responses: {
            /** @description the output, with its own type; the run as JSON when the output adapter is none */
            200: {
                headers: {
                    /** @description the id of the run */
                    "Run-Id"?: string;
                    /** @description of the program */
                    "Exit-Code"?: string;
                    /** @description where the output can be read later */
                    "Content-Location"?: string;
                    /** @description the name of the definition's owner, percent-encoded */
                    "Definition-Owner"?: string;
                    /** @description 299 - "no message was sent; ...", when the definition asks for one */
                    Warning?: string;
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                    "application/json": components["schemas"]["RunBody"];
                    "text/event-stream": string;
                };
            };
            /** @description accepted; the end of the run was not waited for */
            202: {
                headers: {
                    /** @description the run */
                    Location?: string;
                    /** @description the parts of Prefer that were honoured */
                    "Preference-Applied"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunBody"];
                };
            };
        };
    };
    PlanController_explain: {
        parameters: {
            query?: {
                /** @description a file name; the program's input file gets this name, or only its extension */
                "-input_file"?: string;
                /** @description the same for the program's output file, as in -output_file=a.mp3 */
                "-output_file"?: string;
                /** @description seconds, from 0 to 1000000000; may only shorten the definition's */
                "-timeout"?: string;
                /** @description run:ID/output or run:ID/files/PATH: what an earlier run has left is the message */
                "-message_from"?: string;
                /** @description from -1000 to 1000; a run with a higher priority starts first */
                "-priority"?: string;
                /** @description the declared parameters as one object: {"bitrate": "192k"} becomes ?bitrate=192k */
                parameters?: {
                    [key: string]: unknown;
                };
            };
            header?: never;
            path: {
                /** @description id, name, or owner:name */
                ref: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the definition with its owner; whether a message is `given`, `missing` or `not taken`; the resolved command, its files and its limits; paths of a run are shown as their placeholders, and secrets as ***, as are the values of `environment` for users who may not change the definition */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    PlanController_explainWithBody: {
        parameters: {
            query?: {
                /** @description a file name; the program's input file gets this name, or only its extension */
                "-input_file"?: string;
                /** @description the same for the program's output file, as in -output_file=a.mp3 */
                "-output_file"?: string;
                /** @description seconds, from 0 to 1000000000; may only shorten the definition's */
                "-timeout"?: string;
                /** @description run:ID/output or run:ID/files/PATH: what an earlier run has left is the message */
                "-message_from"?: string;
                /** @description from -1000 to 1000; a run with a higher priority starts first */
                "-priority"?: string;
                /** @description the declared parameters as one object: {"bitrate": "192k"} becomes ?bitrate=192k */
                parameters?: {
                    [key: string]: unknown;
                };
            };
            header?: never;
            path: {
                /** @description id, name, or owner:name */
                ref: unknown;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "text/plain": string;
                "application/octet-stream": string;
                "multipart/form-data": {
                    /** Format: binary */
                    message?: string;
                } & {
                    [key: string]: string;
                };
                "application/json": unknown;
            };
        };
        responses: {
            /** @description the definition with its owner; whether a message is `given`, `missing` or `not taken`; the resolved command, its files and its limits; paths of a run are shown as their placeholders, and secrets as ***, as are the values of `environment` for users who may not change the definition */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    PlanController_selfTest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id, name, or owner:name */
                ref: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description what each example has become; those that fail do not keep the others from being run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SelfTestBody"];
                };
            };
        };
    };
    RecentRunsController_recent: {
        parameters: {
            query?: {
                /** @description ids of definitions, separated by commas; at most 100 */
                definitions?: string;
                /** @description how many runs of each: at most 50; default 20 */
                limit?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the definitions with their runs */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecentRunsBody"];
                };
            };
        };
    };
    RunController_list: {
        parameters: {
            query?: {
                /** @description one or more of created, queued, starting, running, stopping, finished */
                state?: string;
                /** @description one or more of exit, signal, timeout, stop, output_limit, memory_limit, cpu_limit, file_size_limit, input_error, output_error, spawn_error, cancelled, lost */
                end_reason?: string;
                /** @description the id, resource_uri or name of the definition */
                definition?: string;
                /** @description the name of a user */
                owner?: string;
                /** @description true or false: whether a run that has ended has succeeded */
                success?: string;
                /** @description a string in the name of the definition */
                q?: string;
                /** @description a time such as 2026-01-31T12:00:00Z; also created_at__gt, __lte, __lt, and __range with two times separated by a comma */
                created_at__gte?: string;
                /** @description created_at or -created_at */
                order_by?: string;
                /** @description at most 1000; default 20 */
                limit?: string;
                /** @description default 0 */
                offset?: string;
                /** @description the id of the last run of the previous page, instead of an offset */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description one page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunList"];
                };
            };
        };
    };
    RunActionsController_make: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 characters: for 24 hours the same request with the same key creates nothing more and gets the same answer */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description id, resource_uri or name */
                    definition?: unknown;
                    exec?: string;
                    argv?: string[];
                    message?: string;
                    message_base64?: string;
                    /** @description run:ID/output or run:ID/files/PATH of an earlier run */
                    message_from?: string;
                    parameters?: Record<string, never>;
                    /** @description default: true */
                    start?: boolean;
                    priority?: number;
                    /** @description seconds; may only shorten the definition's */
                    timeout?: number;
                    /** @description the run takes its input from attach/ instead of a message */
                    interactive?: boolean;
                    /** @description true, or {"rows": 24, "columns": 80}: the run has a terminal */
                    tty?: unknown;
                };
            };
        };
        responses: {
            /** @description the service was already running */
            200: {
                headers: {
                    /** @description the run */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunBody"];
                };
            };
            /** @description accepted */
            201: {
                headers: {
                    /** @description the run */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunBody"];
                };
            };
        };
    };
    RunController_read: {
        parameters: {
            query?: never;
            header?: {
                /** @description a time; answered with 304 when nothing has changed since; ignored where If-None-Match is sent */
                "If-Modified-Since"?: string;
            };
            path: {
                /** @description the id of the run */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the run as it is now */
            200: {
                headers: {
                    /** @description the end of the run, once its record is complete */
                    "Last-Modified"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunBody"];
                };
            };
            /** @description unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    RunController_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id of the run */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description removed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    RunController_wait: {
        parameters: {
            query?: {
                /** @description seconds, default 30 */
                timeout?: string;
            };
            header?: never;
            path: {
                /** @description the id of the run */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the run has ended */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunBody"];
                };
            };
            /** @description the run has not ended within the time */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunBody"];
                };
            };
        };
    };
    RunActionsController_start: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id of the run */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the run starts, or waits in its lane */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunBody"];
                };
            };
        };
    };
    RunActionsController_stop: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id of the run */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description such as TERM */
                    signal?: string;
                    /** @description seconds; default GRACE */
                    grace?: number;
                };
            };
        };
        responses: {
            /** @description the run is being stopped */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunBody"];
                };
            };
        };
    };
    RunActionsController_signal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id of the run */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description such as TERM */
                    signal?: string;
                };
            };
        };
        responses: {
            /** @description the signal was sent */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunBody"];
                };
            };
        };
    };
    RerunController_input: {
        parameters: {
            query?: never;
            header?: {
                /** @description one range of bytes */
                Range?: string;
                /** @description an ETag */
                "If-None-Match"?: string;
                /** @description an ETag */
                "If-Range"?: string;
            };
            path: {
                /** @description the id of the run */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the message */
            200: {
                headers: {
                    /** @description stays the same: the message never changes */
                    ETag?: string;
                    /** @description bytes */
                    "Accept-Ranges"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description a part of it */
            206: {
                headers: {
                    /** @description which part */
                    "Content-Range"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    RerunController_rerun: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 characters: for 24 hours the same request with the same key creates nothing more and gets the same answer */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description the id of the run */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description they replace parameters of the former run; null leaves one out */
                    parameters?: Record<string, never>;
                    /**
                     * @description the definition as it was when the former run was accepted, or as it is now; default: "then"
                     * @enum {unknown}
                     */
                    revision?: "then" | "now";
                };
            };
        };
        responses: {
            /** @description accepted; rerun_of names the former run */
            201: {
                headers: {
                    /** @description the new run */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunBody"];
                };
            };
        };
    };
    RunMessageController_message: {
        parameters: {
            query?: never;
            header?: {
                /** @description respond-async, or wait=SECONDS */
                Prefer?: string;
                /** @description 1 to 255 characters: for 24 hours the same message with the same key is delivered once */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description the id of the run */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "text/plain": string;
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description the reply of the service, where messages go in and out by a port */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description the service has taken the message, or will take it */
            202: {
                headers: {
                    /** @description the parts of Prefer that were honoured */
                    "Preference-Applied"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunBody"];
                };
            };
        };
    };
    RunMessageController_follow: {
        parameters: {
            query?: never;
            header?: {
                /** @description the id of the last message that the client already has */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @description the id of the run */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the messages */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description the client has the event `end` */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    LaneController_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description all lanes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LaneList"];
                };
            };
        };
    };
    LaneController_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the name of the lane */
                name: unknown;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    limit: number;
                };
            };
        };
        responses: {
            /** @description the lane as it is now */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LaneBody"];
                };
            };
        };
    };
    RunResultController_output: {
        parameters: {
            query?: {
                /** @description 1: follow the run to its end */
                follow?: string;
                /** @description a ticket for this address, in place of a login (POST /api/ticket/) */
                "-ticket"?: string;
            };
            header?: {
                /** @description one range of bytes */
                Range?: string;
                /** @description an ETag */
                "If-Range"?: string;
                /** @description an ETag; answered with 304 when it is still the same */
                "If-None-Match"?: string;
                /** @description a time; answered with 304 when nothing has changed since; ignored where If-None-Match is sent */
                "If-Modified-Since"?: string;
            };
            path: {
                /** @description the id of the run */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the output */
            200: {
                headers: {
                    /** @description stays the same: the output never changes */
                    ETag?: string;
                    /** @description the end of the run */
                    "Last-Modified"?: string;
                    /** @description bytes */
                    "Accept-Ranges"?: string;
                    /** @description the exit code of the program, 128 + n for the signal n; absent where there is none */
                    "Exit-Code"?: string;
                    /** @description why the run has ended, as end_reason of its record */
                    "End-Reason"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description a part of it */
            206: {
                headers: {
                    /** @description which part */
                    "Content-Range"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    RunResultController_log: {
        parameters: {
            query?: {
                /** @description stdout or stderr; default both */
                stream?: string;
                /** @description 1: follow the log until the run has ended */
                follow?: string;
                /** @description only what was written since this time (RFC 3339), or within this duration, such as 10m */
                since?: string;
                /** @description 1: the time before each line; events have it always, as their field time */
                timestamps?: string;
                /** @description a ticket for this address, in place of a login (POST /api/ticket/) */
                "-ticket"?: string;
            };
            header?: {
                /** @description text/event-stream for events */
                Accept?: string;
                /** @description where to resume */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @description the id of the run */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the log */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                    "text/event-stream": string;
                };
            };
            /** @description the client has the event `end` */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    RunStreamController_stdout: {
        parameters: {
            query?: {
                /** @description 0: what is there now; 1: also a Range bytes=N- continues live */
                follow?: string;
                /** @description a ticket for this address, in place of a login (POST /api/ticket/) */
                "-ticket"?: string;
            };
            header?: {
                /** @description one range of bytes */
                Range?: string;
                /** @description an ETag */
                "If-Range"?: string;
                /** @description an ETag; answered with 304 when it is still the same */
                "If-None-Match"?: string;
                /** @description a time; answered with 304 when nothing has changed since; ignored where If-None-Match is sent */
                "If-Modified-Since"?: string;
            };
            path: {
                /** @description the id of the run */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the bytes */
            200: {
                headers: {
                    /** @description another one while the run has not ended, and for each attempt */
                    ETag?: string;
                    /** @description bytes */
                    "Accept-Ranges"?: string;
                    /** @description the exit code of the program, 128 + n for the signal n; absent where there is none */
                    "Exit-Code"?: string;
                    /** @description why the run has ended, as end_reason of its record */
                    "End-Reason"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description a part of them, or all from there on */
            206: {
                headers: {
                    /** @description which part */
                    "Content-Range"?: string;
                    /** @description the exit code of the program, 128 + n for the signal n; absent where there is none */
                    "Exit-Code"?: string;
                    /** @description why the run has ended, as end_reason of its record */
                    "End-Reason"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    RunStreamController_stderr: {
        parameters: {
            query?: {
                /** @description 0: what is there now; 1: also a Range bytes=N- continues live */
                follow?: string;
                /** @description a ticket for this address, in place of a login (POST /api/ticket/) */
                "-ticket"?: string;
            };
            header?: {
                /** @description one range of bytes */
                Range?: string;
                /** @description an ETag */
                "If-Range"?: string;
                /** @description an ETag; answered with 304 when it is still the same */
                "If-None-Match"?: string;
                /** @description a time; answered with 304 when nothing has changed since; ignored where If-None-Match is sent */
                "If-Modified-Since"?: string;
            };
            path: {
                /** @description the id of the run */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the bytes */
            200: {
                headers: {
                    /** @description another one while the run has not ended, and for each attempt */
                    ETag?: string;
                    /** @description bytes */
                    "Accept-Ranges"?: string;
                    /** @description the exit code of the program, 128 + n for the signal n; absent where there is none */
                    "Exit-Code"?: string;
                    /** @description why the run has ended, as end_reason of its record */
                    "End-Reason"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description a part of them, or all from there on */
            206: {
                headers: {
                    /** @description which part */
                    "Content-Range"?: string;
                    /** @description the exit code of the program, 128 + n for the signal n; absent where there is none */
                    "Exit-Code"?: string;
                    /** @description why the run has ended, as end_reason of its record */
                    "End-Reason"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    RunFilesController_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id of the run */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the files and folders */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunFileList"];
                };
            };
        };
    };
    RunFilesController_read: {
        parameters: {
            query?: {
                /** @description a ticket for this address, in place of a login (POST /api/ticket/) */
                "-ticket"?: string;
            };
            header?: {
                /** @description one range of bytes */
                Range?: string;
                /** @description an ETag */
                "If-Range"?: string;
                /** @description an ETag; answered with 304 when it is still the same */
                "If-None-Match"?: string;
                /** @description a time; answered with 304 when nothing has changed since; ignored where If-None-Match is sent */
                "If-Modified-Since"?: string;
            };
            path: {
                /** @description the id of the run */
                id: unknown;
                /** @description relative to the work directory; may contain folders */
                path: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the file */
            200: {
                headers: {
                    /** @description different after every change */
                    ETag?: string;
                    /** @description as the program left it */
                    "Last-Modified"?: string;
                    /** @description bytes */
                    "Accept-Ranges"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description a part of it */
            206: {
                headers: {
                    /** @description which part */
                    "Content-Range"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    RunFilesController_put: {
        parameters: {
            query?: never;
            header?: {
                /** @description the ETag that it must have, or *: it must exist */
                "If-Match"?: string;
                /** @description an ETag that it must not have, or *: it must not exist */
                "If-None-Match"?: string;
            };
            path: {
                /** @description the id of the run */
                id: unknown;
                /** @description relative to the work directory; may contain folders */
                path: unknown;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description the file is new */
            201: {
                headers: {
                    /** @description its address */
                    Location?: string;
                    /** @description its version */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description the file replaced an existing one */
            204: {
                headers: {
                    /** @description its version */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    RunFilesController_remove: {
        parameters: {
            query?: never;
            header?: {
                /** @description the ETag that it must have, or *: it must exist */
                "If-Match"?: string;
                /** @description an ETag that it must not have, or *: it must not exist */
                "If-None-Match"?: string;
            };
            path: {
                /** @description the id of the run */
                id: unknown;
                /** @description relative to the work directory; may contain folders */
                path: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description removed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    RunArchiveController_read: {
        parameters: {
            query?: {
                /** @description a ticket for this address, in place of a login (POST /api/ticket/) */
                "-ticket"?: string;
            };
            header?: never;
            path: {
                /** @description the id of the run */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the zip */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": string;
                };
            };
        };
    };
    RunArchiveController_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id of the run */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/zip": string;
            };
        };
        responses: {
            /** @description unpacked */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    AttachController_attach: {
        parameters: {
            query?: {
                /** @description 1: the run has a terminal */
                tty?: string;
                /** @description the rows of a terminal that is started by this request; default 24 */
                rows?: string;
                /** @description its columns; default 80 */
                columns?: string;
                /** @description a ticket for this address, in place of a login (POST /api/ticket/) */
                "-ticket"?: string;
            };
            header?: never;
            path: {
                /** @description the id of the run */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description attached */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    BindingController_list: {
        parameters: {
            query?: {
                /** @description at most 1000; default 20 */
                limit?: string;
                /** @description default 0 */
                offset?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description one page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BindingList"];
                };
            };
        };
    };
    BindingController_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 characters: for 24 hours the same request with the same key creates nothing more and gets the same answer */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewBindingBody"];
            };
        };
        responses: {
            /** @description created; its queue collects messages as soon as the bus is available */
            201: {
                headers: {
                    /** @description the binding */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BindingBody"];
                };
            };
        };
    };
    BindingController_read: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the number of the binding */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the binding as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BindingBody"];
                };
            };
        };
    };
    BindingController_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the number of the binding */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description removed; its runs and dead letters stay */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    BindingController_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the number of the binding */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["BindingChangeBody"];
            };
        };
        responses: {
            /** @description the binding */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BindingBody"];
                };
            };
        };
    };
    StreamController_follow: {
        parameters: {
            query?: {
                /** @description memory or amqp; default: amqp where AMQP_URL is set */
                bus?: string;
            };
            header?: never;
            path: {
                /** @description 1 to 100 letters, digits, dots, - and _ */
                name: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the events, until the client disconnects */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    StreamController_publish: {
        parameters: {
            query?: {
                /** @description memory or amqp; default: amqp where AMQP_URL is set */
                bus?: string;
            };
            header?: {
                /** @description with this id each binding runs the message only once, however often it arrives */
                "Message-Id"?: string;
                /** @description kept on outputs */
                "Correlation-Id"?: string;
                /** @description 1 to 255 characters: for 24 hours the same message with the same key is published once */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description 1 to 100 letters, digits, dots, - and _ */
                name: unknown;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "text/plain": string;
                "*/*": string;
            };
        };
        responses: {
            /** @description published */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    EventController_follow: {
        parameters: {
            query?: {
                /** @description the id of the last event that you have, where Last-Event-ID cannot be sent */
                after?: string;
                /** @description the ids of at most 16 runs, separated by commas, whose logs are followed as well */
                run?: string;
                /** @description beginnings of the types that you want, such as run.finished,definition */
                type?: string;
                /** @description a ticket for this address, in place of a login (POST /api/ticket/) */
                "-ticket"?: string;
            };
            header?: {
                /** @description where to resume */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the same over a WebSocket */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description the events, until the client disconnects */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    RunProxyController_forward_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id of the run */
                id: unknown;
                /** @description the path in the program's own server */
                path: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the response of the program, with its status */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
        };
    };
    RunProxyController_forward_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id of the run */
                id: unknown;
                /** @description the path in the program's own server */
                path: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the response of the program, with its status */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
        };
    };
    RunProxyController_forward_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id of the run */
                id: unknown;
                /** @description the path in the program's own server */
                path: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the response of the program, with its status */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
        };
    };
    RunProxyController_forward_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id of the run */
                id: unknown;
                /** @description the path in the program's own server */
                path: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the response of the program, with its status */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
        };
    };
    RunProxyController_forward_patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id of the run */
                id: unknown;
                /** @description the path in the program's own server */
                path: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the response of the program, with its status */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
        };
    };
    RunPageController_page: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the id of the run */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the address */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunPageBody"];
                };
            };
        };
    };
    UserController_list: {
        parameters: {
            query?: {
                /** @description at most 1000; default: all */
                limit?: string;
                /** @description default 0 */
                offset?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the users */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        objects?: components["schemas"]["UserBody"][];
                    };
                };
            };
        };
    };
    UserController_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 characters: for 24 hours the same request with the same key creates nothing more and gets the same answer */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewUserBody"];
            };
        };
        responses: {
            /** @description created */
            201: {
                headers: {
                    /** @description the user */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserBody"];
                };
            };
        };
    };
    UserController_read: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description number or name of the user; a text of digits is always the number */
                ref: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the user */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserBody"];
                };
            };
        };
    };
    UserController_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description number or name of the user; a text of digits is always the number */
                ref: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description removed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    UserController_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description number or name of the user; a text of digits is always the number */
                ref: unknown;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UserChangeBody"];
            };
        };
        responses: {
            /** @description the user */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserBody"];
                };
            };
        };
    };
    UserTokenController_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description number or name of the user; a text of digits is always the number */
                ref: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the tokens, without their secret text */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    UserTokenController_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 characters: for 24 hours the same request with the same key creates nothing more and gets the same answer */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description number or name of the user; a text of digits is always the number */
                ref: unknown;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewTokenBody"];
            };
        };
        responses: {
            /** @description the token, which is shown only this once */
            201: {
                headers: {
                    /** @description the token, for DELETE */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenBody"];
                };
            };
        };
    };
    UserTokenController_revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description number or name of the user; a text of digits is always the number */
                ref: unknown;
                /** @description the number of the token */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description revoked; what is open with it is closed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    OwnAccountController_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description your user */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserBody"];
                };
            };
        };
    };
    OwnAccountController_changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["OwnPasswordBody"];
            };
        };
        responses: {
            /** @description your user */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserBody"];
                };
            };
        };
    };
    OwnAccountController_listTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the tokens, without their secret text */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    OwnAccountController_createToken: {
        parameters: {
            query?: never;
            header?: {
                /** @description 1 to 255 characters: for 24 hours the same request with the same key creates nothing more and gets the same answer */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewTokenBody"];
            };
        };
        responses: {
            /** @description the token, which is shown only this once */
            201: {
                headers: {
                    /** @description the token, for DELETE */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenBody"];
                };
            };
        };
    };
    OwnAccountController_removeToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the number of the token */
                id: unknown;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description removed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    SessionController_read: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the session */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionBody"];
                };
            };
        };
    };
    SessionController_begin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SignInBody"];
            };
        };
        responses: {
            /** @description the user and the key */
            200: {
                headers: {
                    /** @description the cookie, which no script can read */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewSessionBody"];
                };
            };
        };
    };
    SessionController_end: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description ended */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    TicketController_issue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TicketRequestBody"];
            };
        };
        responses: {
            /** @description the ticket */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TicketBody"];
                };
            };
        };
    };
    AdapterController_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description the input types and the output types */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        input?: {
                            type: string;
                            description: string;
                            /** @description JSON Schema (2020-12) */
                            parameters: Record<string, never>;
                        }[];
                        output?: {
                            type: string;
                            description: string;
                            /** @description JSON Schema (2020-12) */
                            parameters: Record<string, never>;
                        }[];
                    };
                };
            };
        };
    };
}
