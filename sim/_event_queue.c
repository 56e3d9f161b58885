/* The queue of future events as a compiled 4-ary heap: the order and the interface of sim/event_queue.py.

   An entry is the tuple (time, key, function, argument). Time and key are kept beside it as machine integers; one that
   does not fit is kept as the nearest bound, and equal bounds are told apart by the integers themselves. Entries are
   handed out in runs of bounded length, between which the kernel looks after its limits and its records. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <limits.h>
#include <structmember.h>

#define ARITY 4
#define RUN 1024
#define LEAST_CAPACITY 64

typedef struct {
    long long time;
    long long key;
    PyObject *entry;
} Item;

typedef struct {
    PyObject_HEAD
    Item *items;
    Py_ssize_t size;
    Py_ssize_t capacity;
    Py_ssize_t left_in_run;
    Py_ssize_t consumed;
    Py_ssize_t changes;
} EventQueue;

static int
exactly_before(PyObject *one, PyObject *other)
{
    for (Py_ssize_t i = 0; i < 2; i++) {
        PyObject *a = PyTuple_GET_ITEM(one, i), *b = PyTuple_GET_ITEM(other, i);
        if (PyObject_RichCompareBool(a, b, Py_LT) == 1) {
            return 1;
        }
        if (PyObject_RichCompareBool(a, b, Py_EQ) != 1) {
            return 0;
        }
    }
    return 0;
}

static inline int
is_bound(long long value)
{
    return value == LLONG_MAX || value == LLONG_MIN;
}

static inline int
before(const Item *one, const Item *other)
{
    if (one->time != other->time) {
        return one->time < other->time;
    }
    if (is_bound(one->time) || (one->key == other->key && is_bound(one->key))) {
        return exactly_before(one->entry, other->entry);
    }
    return one->key < other->key;
}

static inline void
rise(EventQueue *self, Py_ssize_t position, Item item)
{
    Item *items = self->items;
    while (position > 0) {
        Py_ssize_t parent = (position - 1) / ARITY;
        if (!before(&item, &items[parent])) {
            break;
        }
        items[position] = items[parent];
        position = parent;
    }
    items[position] = item;
}

static inline void
sink(EventQueue *self, Py_ssize_t position, Item item)
{
    Item *items = self->items;
    Py_ssize_t size = self->size;
    for (;;) {
        Py_ssize_t first = position * ARITY + 1;
        if (first >= size) {
            break;
        }
        Py_ssize_t end = first + ARITY < size ? first + ARITY : size;
        Py_ssize_t least = first;
        for (Py_ssize_t child = first + 1; child < end; child++) {
            if (before(&items[child], &items[least])) {
                least = child;
            }
        }
        if (!before(&items[least], &item)) {
            break;
        }
        items[position] = items[least];
        position = least;
    }
    items[position] = item;
}

static int
resize(EventQueue *self, Py_ssize_t capacity)
{
    Item *items = PyMem_Resize(self->items, Item, capacity);
    if (items == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    self->items = items;
    self->capacity = capacity;
    return 0;
}

/* A machine integer, or the bound that is nearest. */
static inline long long
bounded(PyObject *number)
{
    int overflow;
    long long value = PyLong_AsLongLongAndOverflow(number, &overflow);
    return overflow ? (overflow > 0 ? LLONG_MAX : LLONG_MIN) : value;
}

static PyObject *
queue_push(EventQueue *self, PyObject *entry)
{
    if (!PyTuple_CheckExact(entry) || PyTuple_GET_SIZE(entry) < 2 || !PyLong_Check(PyTuple_GET_ITEM(entry, 0))
        || !PyLong_Check(PyTuple_GET_ITEM(entry, 1))) {
        return PyErr_Format(PyExc_TypeError, "an entry is a tuple (time, key, function, argument), not %R", entry);
    }
    if (self->size == self->capacity && resize(self, self->capacity * 2) < 0) {
        return NULL;
    }
    Item item = {bounded(PyTuple_GET_ITEM(entry, 0)), bounded(PyTuple_GET_ITEM(entry, 1)), Py_NewRef(entry)};
    self->changes++;
    rise(self, self->size++, item);
    Py_RETURN_NONE;
}

/* The next entry of the run; ends the iteration when the run or the queue is at its end. */
static PyObject *
queue_next(EventQueue *self)
{
    if (self->left_in_run == 0 || self->size == 0) {
        return NULL;
    }
    PyObject *entry = self->items[0].entry;
    self->left_in_run--;
    self->consumed++;
    self->changes++;
    self->size--;
    if (self->size > 0) {
        sink(self, 0, self->items[self->size]);
    }
    if (self->size < self->capacity / 8 && self->capacity > LEAST_CAPACITY && resize(self, self->capacity / 2) < 0) {
        PyErr_Clear();
    }
    return entry;
}

static PyObject *
queue_open_next(EventQueue *self, PyObject *nothing)
{
    (void)nothing;
    self->left_in_run = RUN;
    return PyBool_FromLong(self->size > 0);
}

static PyObject *
entries(EventQueue *self)
{
    PyObject *list = PyList_New(self->size);
    for (Py_ssize_t i = 0; list && i < self->size; i++) {
        PyList_SET_ITEM(list, i, Py_NewRef(self->items[i].entry));
    }
    return list;
}

static PyObject *
queue_waiting(EventQueue *self, PyObject *nothing)
{
    (void)nothing;
    PyObject *list = entries(self);
    PyObject *iterator = list ? PyObject_GetIter(list) : NULL;
    Py_XDECREF(list);
    return iterator;
}

static PyObject *
queue_keep(EventQueue *self, PyObject *wanted)
{
    PyObject *list = entries(self);
    Py_ssize_t changes = self->changes;
    char *kept = list ? PyMem_Calloc(self->size ? self->size : 1, 1) : NULL;
    if (kept == NULL) {
        Py_XDECREF(list);
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    }
    PyObject *result = NULL;
    Py_ssize_t number = PyList_GET_SIZE(list), remaining = 0;
    for (Py_ssize_t i = 0; i < number; i++) {
        PyObject *answer = PyObject_CallOneArg(wanted, PyList_GET_ITEM(list, i));
        int truth = answer ? PyObject_IsTrue(answer) : -1;
        Py_XDECREF(answer);
        if (truth < 0) {
            goto done;
        }
        kept[i] = (char)truth;
    }
    if (changes != self->changes) {
        PyErr_SetString(PyExc_RuntimeError, "the queue was changed by what chooses the entries to keep");
        goto done;
    }
    for (Py_ssize_t i = 0; i < number; i++) {
        if (kept[i]) {
            self->items[remaining++] = self->items[i];
        } else {
            Py_DECREF(self->items[i].entry); /* the list still holds it: nothing is freed before the heap is whole */
        }
    }
    self->size = remaining;
    self->changes++;
    for (Py_ssize_t i = (remaining - 2) / ARITY; remaining > 1 && i >= 0; i--) {
        sink(self, i, self->items[i]);
    }
    result = Py_NewRef(Py_None);
done:
    PyMem_Free(kept);
    Py_DECREF(list);
    return result;
}

static PyObject *
queue_next_time(EventQueue *self, void *closure)
{
    (void)closure;
    return Py_NewRef(self->size ? PyTuple_GET_ITEM(self->items[0].entry, 0) : Py_None);
}

static PyObject *
queue_cursor(EventQueue *self, void *closure)
{
    (void)closure;
    return Py_NewRef((PyObject *)self);
}

static PyObject *
queue_open(EventQueue *self, void *closure)
{
    (void)self;
    (void)closure;
    return PyTuple_New(0);
}

static Py_ssize_t
queue_length(EventQueue *self)
{
    return self->size;
}

static PyObject *
queue_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, ":EventQueue", names)) {
        return NULL;
    }
    EventQueue *self = (EventQueue *)type->tp_alloc(type, 0);
    if (self != NULL && resize(self, LEAST_CAPACITY) < 0) {
        Py_CLEAR(self);
    }
    return (PyObject *)self;
}

static int
queue_traverse(EventQueue *self, visitproc visit, void *arg)
{
    for (Py_ssize_t i = 0; i < self->size; i++) {
        Py_VISIT(self->items[i].entry);
    }
    return 0;
}

static int
queue_clear(EventQueue *self)
{
    while (self->size > 0) {
        Py_DECREF(self->items[--self->size].entry);
    }
    return 0;
}

static void
queue_dealloc(EventQueue *self)
{
    PyObject_GC_UnTrack(self);
    queue_clear(self);
    PyMem_Free(self->items);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyMethodDef queue_methods[] = {
    {"push", (PyCFunction)queue_push, METH_O, "Add an entry whose time is not before that of the last consumed one."},
    {"open_next", (PyCFunction)queue_open_next, METH_NOARGS, "Begin the next run of entries; False when none is left."},
    {"waiting", (PyCFunction)queue_waiting, METH_NOARGS, "All entries that wait, in no stated order."},
    {"keep", (PyCFunction)queue_keep, METH_O, "Drop the waiting entries that are not wanted (cancelled timers)."},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef queue_members[] = {
    {"consumed", T_PYSSIZET, offsetof(EventQueue, consumed), READONLY, "Entries taken from the queue so far."},
    {"closed", T_PYSSIZET, offsetof(EventQueue, consumed), READONLY, "The same: no entry is open ahead of its turn."},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef queue_properties[] = {
    {"cursor", (getter)queue_cursor, NULL, "Walks the present run and sees what is pushed in the meantime.", NULL},
    {"open", (getter)queue_open, NULL, "Always empty: no entry is open ahead of its turn.", NULL},
    {"next_time", (getter)queue_next_time, NULL, "Time of the next entry in nanoseconds; None when there is none.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PySequenceMethods queue_sequence = {.sq_length = (lenfunc)queue_length};

static PyTypeObject EventQueueType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "sim._event_queue.EventQueue",
    .tp_doc = "Entries in the order of (time, key); `cursor` walks them run by run.",
    .tp_basicsize = sizeof(EventQueue),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_new = queue_new,
    .tp_dealloc = (destructor)queue_dealloc,
    .tp_traverse = (traverseproc)queue_traverse,
    .tp_clear = (inquiry)queue_clear,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = (iternextfunc)queue_next,
    .tp_as_sequence = &queue_sequence,
    .tp_methods = queue_methods,
    .tp_members = queue_members,
    .tp_getset = queue_properties,
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "sim._event_queue",
    .m_doc = "The queue of future events, compiled.",
    .m_size = -1,
};

PyMODINIT_FUNC
PyInit__event_queue(void)
{
    PyObject *module = PyModule_Create(&definition);
    if (module && (PyType_Ready(&EventQueueType) < 0
                   || PyModule_AddObjectRef(module, "EventQueue", (PyObject *)&EventQueueType) < 0)) {
        Py_CLEAR(module);
    }
    return module;
}
